-- The floor's tables: the same rows and the same indexes as Wasl writes for a message, in a schema of its own.
CREATE SCHEMA floor;
SET search_path = floor;
CREATE TABLE delivery (
    id uuid PRIMARY KEY, channel_id uuid NOT NULL, key varchar(250) NOT NULL, lane varchar(200) NOT NULL, body text NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(), lease_until timestamptz, processed_at timestamptz,
    UNIQUE (channel_id, key)
);
CREATE INDEX delivery_waiting ON delivery (id) WHERE processed_at IS NULL;
CREATE TABLE contact (
    id uuid PRIMARY KEY, phone varchar(20) NOT NULL UNIQUE, name varchar(200) NOT NULL, tags text[] NOT NULL,
    custom jsonb NOT NULL DEFAULT '{}', updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX contact_custom ON contact USING gin (custom jsonb_path_ops);
CREATE TABLE conversation (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(), contact_id uuid NOT NULL UNIQUE REFERENCES contact,
    last_seq integer NOT NULL DEFAULT 0, last_message_at timestamptz
);
CREATE INDEX conversation_inbox ON conversation (last_message_at DESC);
CREATE TABLE message (
    id uuid PRIMARY KEY, conversation_id uuid NOT NULL REFERENCES conversation, channel_id uuid NOT NULL, seq integer NOT NULL,
    type varchar(12) NOT NULL, text text NOT NULL, search text NOT NULL, data jsonb NOT NULL,
    provider_message_id varchar(200) NOT NULL, sent_at timestamptz NOT NULL, created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (conversation_id, seq), UNIQUE (channel_id, provider_message_id)
);
CREATE TABLE event (
    id uuid PRIMARY KEY, type varchar(60) NOT NULL, occurred_at timestamptz NOT NULL, recorded_at timestamptz NOT NULL DEFAULT now(),
    contact_id uuid, conversation_id uuid, data jsonb NOT NULL, actor varchar(80) NOT NULL
);
CREATE INDEX event_by_type ON event (type, recorded_at);
CREATE INDEX event_by_contact ON event (contact_id, id);
CREATE TABLE execution (
    id uuid PRIMARY KEY, workflow_id uuid NOT NULL, event_id uuid NOT NULL, contact_id uuid, conversation_id uuid,
    state varchar(10) NOT NULL, outputs jsonb NOT NULL DEFAULT '{}', started_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz,
    UNIQUE (event_id, workflow_id)
);
CREATE INDEX execution_by_contact ON execution (contact_id, id);
CREATE TABLE step (
    id uuid PRIMARY KEY, execution_id uuid NOT NULL REFERENCES execution, node varchar(60) NOT NULL, action varchar(60) NOT NULL,
    state varchar(10) NOT NULL, input jsonb NOT NULL DEFAULT '{}', output jsonb NOT NULL DEFAULT '{}',
    started_at timestamptz NOT NULL DEFAULT now(), ended_at timestamptz
);
CREATE INDEX step_by_execution ON step (execution_id);
CREATE TABLE trigger_log (
    id uuid PRIMARY KEY, event_id uuid NOT NULL, workflow_id uuid NOT NULL, execution_id uuid, result varchar(10) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX log_by_event ON trigger_log (event_id);
