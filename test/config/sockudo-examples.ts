/** The example configurations of Sockudo's documentation, word for word. */

/** HTTP Webhook Example: a whole configuration. */
export const httpExample = `{
  "app_manager": {
    "driver": "memory",
    "array": {
      "apps": [
        {
          "id": "my-app-with-webhooks",
          "key": "app-key-wh",
          "secret": "app-secret-wh",
          "max_connections": "1000",
          "enable_client_messages": true,
          "enabled": true,
          "max_client_events_per_second": "20",
          "webhooks": [
            {
              "url": "https://api.example.com/sockudo/events",
              "event_types": ["channel_occupied", "channel_vacated"],
              "headers": {
                "X-Custom-Auth": "mysecrettoken",
                "User-Agent": "Sockudo-Webhook/1.0"
              }
            }
          ]
        }
      ]
    }
  },
  "webhooks": {
    "batching": {
      "enabled": true,
      "duration": 75
    }
  }
}`

/** AWS Lambda Webhook Example: a piece of an app. */
export const lambdaExample = `{
  "webhooks": [
    {
      "lambda": {
        "function_name": "sockudoPresenceHandler",
        "region": "us-east-1",
        "invocation_type": "Event"
      },
      "event_types": ["member_added", "member_removed"],
      "filter": {
        "channel_prefix": "presence-"
      }
    }
  ]
}`

/** Mixed Webhook Configuration: a piece of an app. */
export const mixedExample = `{
  "webhooks": [
    {
      "url": "https://api.example.com/webhooks/general",
      "event_types": ["channel_occupied", "channel_vacated"],
      "headers": {
        "Authorization": "Bearer your-api-token"
      }
    },
    {
      "lambda_function": "handleClientEvents",
      "event_types": ["client_event"],
      "filter": {
        "channel_type": "presence"
      }
    },
    {
      "url": "https://analytics.example.com/events",
      "event_types": ["member_added", "member_removed"],
      "headers": {
        "X-Source": "sockudo"
      },
      "filter": {
        "channel_prefix": "presence-chat"
      }
    }
  ]
}`
