/** Events that Pusher or Sockudo sends. Hosts may emit others. */
export const EVENT_NAMES = [
  ...([
    'channel_occupied',
    'channel_vacated',
    'member_added',
    'member_removed',
    'member_updated',
    'client_event',
  ] as const),
  ...([
    'cache_miss',
    'subscription_count',
    'ai_run_started',
    'ai_turn_started',
    'ai_run_ended',
    'ai_turn_ended',
  ] as const),
  ...(['ai_cancel_requested', 'ai_stream_orphaned', 'ai_stream_cancelled', 'message_version_created'] as const),
  ...(['annotation_created', 'annotation_deleted'] as const),
] as const

/** The name of an event. Editors offer those that Pusher or Sockudo sends; any other string is a name too. */
export type EventName = (typeof EVENT_NAMES)[number] | (string & {})
