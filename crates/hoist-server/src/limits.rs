//! Every bound of this crate, in one place. What an operator may lower starts from here, in
//! [`crate::bounds::Limits`].

use std::time::Duration;

use hoist_eval::Span;

/// Largest body of a management request, in bytes.
pub const ADMIN_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Largest body of one flag's evaluation, in bytes.
pub const EVALUATION_BODY_BYTES_MAX: usize = 64 * 1024;
/// Largest body of the evaluation of all flags, in bytes.
pub const BULK_BODY_BYTES_MAX: usize = 256 * 1024;
/// Deepest nesting of a management request's JSON, which may hold rules.
pub const ADMIN_JSON_DEPTH_MAX: usize = 64;
/// Deepest nesting of an evaluation context.
pub const CONTEXT_JSON_DEPTH_MAX: usize = 32;
/// Most members of one JSON object, and most elements of one array, in a management request.
pub const JSON_ITEMS_MAX: usize = 100_000;
/// Largest error body, in bytes.
pub const ERROR_BODY_BYTES_MAX: usize = 1024;

/// Longest request target (path and query), in bytes.
pub const URL_BYTES_MAX: usize = 8 * 1024;
/// Most header fields of one request.
pub const HEADER_FIELDS_MAX: usize = 100;
/// Largest request head, in bytes.
pub const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Most requests of one HTTP/2 connection at a time.
pub const H2_STREAMS_MAX: u32 = 100;
/// Most streams that a client may have reset before the server has taken them off its list.
pub const H2_PENDING_RESETS_MAX: usize = 20;

/// Longest time from the first byte of a request head to its last.
pub const HEADER_READ_TIME: Span = Span::from_seconds(10);
/// Longest time in which a request body must arrive.
pub const BODY_READ_TIME: Span = Span::from_seconds(30);
/// Longest silence of a connection between two requests.
pub const IDLE_TIME: Span = Span::from_seconds(60);
/// Time between two pings of an HTTP/2 connection, and longest wait for the answer.
pub const H2_PING_TIME: Span = Span::from_seconds(20);
/// Longest time that a write may wait for its reader, and that sent bytes may stay unacknowledged.
pub const WRITE_STALL_TIME: Span = Span::from_seconds(40);
/// Longest wait of an accept loop after the system refused a socket.
pub const ACCEPT_PAUSE: Span = Span::from_millis(50);

/// Most connections at a time.
pub const CONNECTIONS_MAX: usize = 16_384;
/// Most connections at a time from one address that is not the machine itself.
pub const CONNECTIONS_PER_ADDRESS_MAX: usize = 4_096;
/// Most connections that wait to be accepted. The system lowers it to its own bound (`net.core.somaxconn`).
pub const ACCEPT_QUEUE_MAX: u32 = 16_384;

/// Longest time that a graceful stop waits for requests and streams.
pub const DRAIN_TIME: Span = Span::from_seconds(30);
/// Longest time that a stop then takes to write down what units did since the last flush.
pub const LAST_FLUSH_MAX: Span = Span::from_seconds(5);

/// Bytes of a backup that are read at a time.
pub const BACKUP_CHUNK_BYTES: usize = 64 * 1024;
/// Most backups that are made at a time.
pub const BACKUPS_MAX: usize = 1;

/// Longest wait for a generation that a reader asked for.
pub const GENERATION_WAIT: Span = Span::from_seconds(2);
/// Time between two looks at the store while waiting for a generation.
pub const GENERATION_POLL: Span = Span::from_millis(25);

/// Items of a page when the request does not say.
pub const PAGE_DEFAULT: u32 = 50;
/// Most items of a page.
pub const PAGE_MAX: u32 = 200;
/// Longest value of a query parameter or of a header that the API reads, in bytes.
pub const PARAMETER_BYTES_MAX: usize = 512;
/// Longest idempotency key, in bytes.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 128;

/// Most tags of a flag.
pub const TAGS_MAX: usize = 32;
/// Longest title, name, owner or tag, in characters.
pub const TITLE_CHARS_MAX: usize = 64;
/// Longest description or reason, in characters.
pub const DESCRIPTION_CHARS_MAX: usize = 2_000;

/// How long a token's record may be used before the store is asked again; revocation takes effect within it.
pub const TOKEN_FRESH: Span = Span::from_millis(1_500);
/// Longest wait of an evaluation for the record of a token that was known before.
pub const TOKEN_ASK_MAX: Span = Span::from_millis(250);
/// How long an unknown token stays unknown without asking the store.
pub const UNKNOWN_TOKEN_FRESH: Span = Span::from_seconds(10);
/// Most look-ups at a time of tokens that are not remembered; the rest wait for their turn.
pub const FIRST_LOOKS_MAX: usize = 8;
/// Most tokens remembered as known, and most remembered as unknown.
pub const TOKEN_CACHE_MAX: usize = 8_192;
/// Largest body of a form of the kill page.
pub const FORM_BYTES_MAX: usize = 8 * 1024;
/// Longest reason that the kill page hands on.
pub const KILL_REASON_CHARS_MAX: usize = 200;
/// Most flags on one view of the kill page; the others are found by their keys.
pub const KILL_ROWS_MAX: usize = 500;
/// Most environments, in projects of whole pages, that the kill page leads to.
pub const KILL_PLACES_MAX: usize = 5_000;
/// Life of a browser's session.
pub const SESSION_LIFE: Span = Span::from_hours(12);
/// Life of a link that signs in once.
pub const SIGN_IN_LINK_LIFE: Span = Span::from_minutes(30);
/// Longest Cookie header that is looked at.
pub const COOKIES_BYTES_MAX: usize = 4_096;
/// Life of an admin token whose maker does not say.
pub const ADMIN_TOKEN_LIFE: Span = Span::from_hours(24 * 90);
/// Life of the one-time setup code.
pub const SETUP_CODE_LIFE: Span = Span::from_minutes(30);
/// Most addresses and tokens that have a rate counter of their own; the rest share one.
pub const RATE_KEYS_MAX: usize = 16_384;

/// Most attempts at a command of a rollout that keeps losing against other writers.
pub const COMMAND_ATTEMPTS_MAX: u32 = 5;
/// Most environments that are compiled, checked or exported at a time for management requests.
pub const WORK_APART_MAX: usize = 2;
/// Most watchers of rollouts at a time.
pub const WATCHERS_MAX: usize = 256;
/// Most watchers of rollouts at a time with one token, so that one page left open often does not shut out the others.
pub const WATCHERS_PER_TOKEN_MAX: usize = 32;
/// Time between two looks at a watched rollout.
pub const WATCH_POLL: Span = Span::from_millis(500);
/// Time between two heartbeats of a watched rollout.
pub const WATCH_HEARTBEAT: Span = Span::from_seconds(15);

/// Ports that may be dialled without the operator's word: web, and Prometheus.
pub const EGRESS_PORTS: [u16; 3] = [80, 443, 9090];
/// Longest time to resolve a name and to connect.
pub const EGRESS_CONNECT_MAX: Span = Span::from_seconds(2);
/// Longest time for a whole outgoing exchange, waiting for a slot included.
pub const EGRESS_TOTAL_MAX: Span = Span::from_seconds(10);
/// How long an idle outgoing connection is kept.
pub const EGRESS_IDLE_MAX: Span = Span::from_seconds(30);
/// Longest answer, in bytes, counted after decompression.
pub const EGRESS_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Most exchanges with one source at a time.
pub const EGRESS_CONCURRENT_MAX: usize = 4;

/// Longest activation of a task; a longer one is dropped and tried again.
pub const ACTIVATION_MAX: Span = Span::from_seconds(30);
/// Shortest pause of a task between two activations that nobody nudged.
pub const ACTIVATION_PAUSE_MIN: Span = Span::from_millis(10);
/// Time until a snapshot that could not be written to disk is tried again.
pub const SNAPSHOT_SAVE_RETRY: Span = Span::from_seconds(5);
/// Snapshot files kept on disk for each environment.
pub const SNAPSHOT_FILES_KEPT: usize = 10;
/// Largest snapshot file, in bytes.
pub const SNAPSHOT_FILE_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Sketches of treated units in one process: one for each variant of a flag that a rollout works on, 4 KiB each.
pub const SKETCHES_MAX: usize = 4_096;
/// Registers of one sketch, as a power of two: 4,096 of one byte, exact to about 1.6 %.
pub const SKETCH_PRECISION: u8 = 12;

/// Most streams open at a time.
pub const STREAMS_MAX: usize = 15_000;
/// Most streams that one token of a server or an edge node may have open.
pub const STREAMS_PER_TOKEN_MAX: usize = 15_000;
/// Most streams that one client token may have open: such a token is public, and must leave room for the others.
pub const STREAMS_PER_CLIENT_TOKEN_MAX: usize = 5_000;
/// Streams that may be opened per second, for each core.
pub const STREAMS_PER_SECOND_AND_CORE: u32 = 1_000;
/// Seconds that a stream's URL is good for: as many again until the end of the next stretch.
pub const STREAM_PASS_SECONDS: u64 = 3_600;
/// Groups of streams that take turns with heartbeats, one a second: so each stream gets one every 15 seconds.
pub const STREAM_LANES: usize = 15;
/// Largest fleet that learns of a change all at once; a larger one is told over a short while.
pub const STREAM_PUSH_AT_ONCE: usize = 1_000;
/// Longest such while.
pub const STREAM_PUSH_SPREAD_MAX: Duration = Duration::from_millis(500);
/// Problems logged when a snapshot is taken over; the flags' pages list them all.
pub const PROBLEMS_LOGGED_MAX: usize = 20;
/// Pairs of request body and ETag that an environment remembers as belonging together; 8 bytes each.
pub const UNCHANGED_MARKS: usize = 16_384;
/// Deaths of the process while it tried a snapshot out, after which that snapshot is left alone.
pub const TRIAL_DEATHS_MAX: u32 = 2;
/// How long without word from the store until answers say that they may be stale.
pub const STALE_AFTER: Span = Span::from_seconds(60);

/// Longest time between two looks for rollouts that are due, when nobody nudges.
pub const CONTROLLER_POLL: Span = Span::from_seconds(1);
/// Most rollouts of one activation of the controller.
pub const CONTROLLER_BATCH_MAX: u32 = 200;
/// Most rollouts that the controller looks at at the same time.
pub const CONTROLLER_CONCURRENT_MAX: usize = 8;
/// Most guards of one rollout that are asked about at the same time; each takes up to four queries.
pub const GUARDS_CONCURRENT_MAX: usize = 8;
/// Life of the lease of the controller; it is renewed three times within it.
pub const LEASE_LIFE: Span = Span::from_seconds(15);
/// Longest time between two comparisons of generations with the store: what the loss of every nudge can cost.
pub const SNAPSHOT_POLL: Span = Span::from_seconds(2);
/// Longest time between two looks into the outbox.
pub const OUTBOX_POLL: Span = Span::from_seconds(2);
/// Most events of one look into the outbox.
pub const OUTBOX_BATCH_MAX: u32 = 100;
/// Most looks of one activation of the outbox sender.
pub const OUTBOX_ROUNDS_MAX: u32 = 100;
/// Most events that are sent at the same time.
pub const OUTBOX_WORKERS: usize = 4;
/// Time between two removals of what has outlived its time.
pub const RETENTION_PAUSE: Span = Span::from_hours(1);
/// Time between two writes of when tokens were last used.
pub const LAST_USE_PAUSE: Span = Span::from_seconds(30);
/// Clients of one flag that are told apart between two writes of who asked for it; 8 bytes each.
pub const CLIENTS_PER_FLAG: usize = 16;
/// The same for clients that take all flags of an environment at once.
pub const CLIENTS_PER_ENVIRONMENT: usize = 64;
/// Time between two writes of who asked for which flag.
pub const SEEN_PAUSE: Span = Span::from_minutes(5);
/// Time between two looks for flags that have done their work.
pub const STALENESS_PAUSE: Span = Span::from_hours(24);
/// Time after which a look for such flags that failed, or for which this server stood by, is tried again.
pub const STALENESS_RETRY: Span = Span::from_minutes(10);
/// Largest body that uploads what a scan of code found, in bytes.
pub const SCAN_BODY_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Longest name of a repository, a branch, a path or a symbol, in bytes.
pub const CODE_NAME_BYTES_MAX: usize = 1_024;
/// Longest line of code that is kept with a reference, in bytes.
pub const SNIPPET_BYTES_MAX: usize = 4 * 1_024;
/// Longest time for which people may be left alone about a flag.
pub const SNOOZE_MAX: Span = Span::from_hours(24 * 365);
/// Flags that have a label of their own in metrics; the rest are summed up.
pub const METRIC_FLAGS_MAX: usize = 1_000;
/// Largest fleet whose streams are all ended at once when the server stops.
pub const STREAMS_ENDED_AT_ONCE: usize = 500;
/// Shortest time after which a client whose stream broke connects again; each is told another.
pub const STREAM_RETRY_MIN: Span = Span::from_seconds(2);
/// Longest such time.
pub const STREAM_RETRY_MAX: Span = Span::from_seconds(20);
/// Longest wait of an evaluation for a snapshot that the client was told of elsewhere.
pub const CATCH_UP_WAIT: Duration = Duration::from_millis(500);

/// Most units that wait to be told to the intake.
pub const SEEN_QUEUE_MAX: usize = 65_536;
/// Units per allocation that are known to have been told a moment ago: 64 KiB.
pub const SEEN_RECENT_MAX: usize = 8_192;
/// Stays of one rollout that exposures may still belong to.
pub const STAYS_KNOWN_MAX: usize = 16;
/// Ids of events that are remembered at least, so that a repeated request counts once.
pub const EVENT_IDS_MAX: usize = 100_000;
/// Most rollouts whose events are counted at a time; a table of units takes at most 8.3 MiB each, and grows with use.
pub const COUNTED_ROLLOUTS_MAX: usize = 256;
/// Pages of as many active rollouts that are looked through for the oldest of them.
pub const COUNTED_PAGES_MAX: usize = 8;
/// Time between two flushes of what was counted.
pub const EVIDENCE_FLUSH: Span = Span::from_seconds(10);
/// Flushes that a server folds into one: few, so that one that stops leaves few.
pub const EVIDENCE_FOLD: u64 = 64;
/// Pages of what servers told about one rollout that are learned at once.
pub const LEARN_PAGES_MAX: usize = 256;
/// Bytes of what they told that are learned at once: about a second's worth.
pub const LEARN_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Time between two drains of the queue of units.
pub const SEEN_DRAIN: Span = Span::from_seconds(1);
/// Time after which units that come again are told again, so that a rollout that is used shows that it is.
pub const SEEN_REFRESH: Span = Span::from_seconds(20);
/// Longest time that a unit waits in the queue for its stay to be known.
pub const SEEN_WAIT_MAX: usize = 16_384;

/// Largest body of reported events, in bytes.
pub const TRACK_BODY_BYTES_MAX: usize = 1024 * 1024;
/// Most events of one report.
pub const TRACK_EVENTS_MAX: usize = 5_000;
/// Most refused events that an answer names.
pub const TRACK_PROBLEMS_MAX: usize = 100;
/// Most reports of events in work at a time; beyond it callers are told to come back.
pub const REPORTS_MAX: usize = 64;
/// Longest targeting key of an event, in bytes.
pub const EVENT_KEY_BYTES_MAX: usize = 1024;
/// Longest id of an event, in bytes.
pub const EVENT_ID_BYTES_MAX: usize = 128;
/// Largest body of an export of OpenTelemetry, in bytes: as sent, and once more inflated.
pub const OTLP_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Turns of [`REPORTS_MAX`] that one export takes, so that 16 are in work at a time.
pub const OTLP_TURNS: u32 = 4;
/// Largest log record or data point of an export, in bytes; it is the one part of a body that becomes a tree.
pub const OTLP_RECORD_BYTES_MAX: usize = 64 * 1024;
/// Most log records or data points of one export that are kept to be counted.
pub const OTLP_RECORDS_MAX: usize = 65_536;
/// Series of sums whose last values are remembered at least; at most twice as many, in 6 MiB.
pub const OTLP_SERIES_MAX: usize = 32_768;
/// How long ago an event may have happened.
pub const EVENT_AGE_MAX: Span = Span::from_hours(7 * 24);
/// How far ahead of this server's clock an event may be dated.
pub const EVENT_AHEAD_MAX: Span = Span::from_minutes(5);

/// Time between two looks at the counts of flags, by which a preview knows their traffic.
pub const PACE_PAUSE: Span = Span::from_seconds(30);
/// Time after which the newer of the two counts that are kept becomes the older one.
pub const PACE_TURN: Span = Span::from_minutes(30);
/// Shortest time of which a pace is told.
pub const PACE_MIN: Span = Span::from_seconds(30);
/// How far back a preview looks for the rates of metrics.
pub const PREVIEW_LOOK_BACK: Span = Span::from_hours(1);
/// Most queries of a preview at a time.
pub const PREVIEW_QUERIES_CONCURRENT_MAX: usize = 4;
/// Longest name of an unknown field that is repeated, in bytes; of a longer one so much is.
pub const FIELD_NAME_TOLD_MAX: usize = 32;
/// Copies of environments and of the audit log that a server remembers to have noted this minute.
pub const COPIES_NOTED_MAX: usize = 10_000;
/// How long a copy stands for those that the same token takes of the same thing after it.
pub const COPY_NOTED_FOR: Span = Span::from_minutes(1);
/// How far back a back-test looks where nobody says.
pub const BACKTEST_SINCE: Span = Span::from_hours(24 * 14);
/// Longest past of a back-test.
pub const BACKTEST_SINCE_MAX: Span = Span::from_hours(24 * 90);
/// Shortest interval of the past of a back-test.
pub const BACKTEST_STEP_MIN: Span = Span::from_seconds(1);
/// Replays of a back-test where nobody says.
pub const BACKTEST_REPLAYS: u64 = 200;
/// Largest body that asks for a back-test, in bytes: it may hold a recording.
pub const BACKTEST_BODY_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Most back-tests that are played at a time; each keeps a core busy for some seconds.
pub const BACKTESTS_MAX: usize = 1;
/// When to ask for a back-test again while another one runs.
pub const BACKTEST_RETRY: Span = Span::from_seconds(5);
/// Most points that are asked of Prometheus at a time, which itself refuses more than 11,000.
pub const RANGE_POINTS_MAX: usize = 10_000;
/// Largest regression that a preview or a back-test may assume.
pub const REGRESSION_MAX: f64 = 100.0;

/// Time between two looks of a server at itself while a rollback is being verified.
pub const SAFETY_LOOK: Span = Span::from_millis(250);
/// Longest time until a server hears of a rollback that another one committed, and pause between looks once it is late.
pub const SAFETY_POLL: Span = Span::from_seconds(2);
/// Most tokens whose streams a server names as lagging.
pub const SAFETY_TOKENS_MAX: usize = 10;
/// Most times that a start is checked anew because another rollout started in between.
pub const START_ATTEMPTS_MAX: u32 = 3;
