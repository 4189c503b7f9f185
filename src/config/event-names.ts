/** Events that Pusher or Sockudo sends. Hosts may emit others. */
export const EVENT_NAMES: readonly string[] = [
  ...['channel_occupied', 'channel_vacated', 'member_added', 'member_removed', 'member_updated', 'client_event'],
  ...['cache_miss', 'subscription_count', 'ai_run_started', 'ai_turn_started', 'ai_run_ended', 'ai_turn_ended'],
  ...['ai_cancel_requested', 'ai_stream_orphaned', 'ai_stream_cancelled', 'message_version_created'],
  ...['annotation_created', 'annotation_deleted'],
]
