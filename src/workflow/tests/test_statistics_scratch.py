import time
import pytest
from django.db import connection
from workflow.models import *

def t(label, sql, params=()):
    with connection.cursor() as c:
        t0=time.perf_counter(); c.execute(sql, params); rows=c.fetchall(); 
        print(f"{label}: {(time.perf_counter()-t0)*1000:.0f} ms, {len(rows)} rows", rows[:2] if 'EXPLAIN' not in sql else '')
        if 'EXPLAIN' in sql:
            for r in rows: print(r[0])

@pytest.mark.heavy
def test_x(engine):
    w = engine.workflow({"action":"add_tag","config":{"tag":"x"}})
    w2 = engine.workflow({"action":"add_tag","config":{"tag":"x"}})
    with connection.cursor() as c:
        for wf, n in ((w, 200_000),(w2, 5_000)):
            t0=time.perf_counter()
            c.execute("""INSERT INTO workflow_workflowexecution (id, workflow_id, version_id, event_id, contact_id, state, node, outputs, error, started_at, ended_at, converted_at)
            SELECT uuidv7(-(g * interval '12 seconds')), %s, %s, uuidv7(), uuidv7(), (ARRAY['completed','completed','completed','failed','waiting','exited'])[1+g%%6], '',
             jsonb_build_object('check', jsonb_build_object('result', (ARRAY['true','false'])[1+g%%2]), 'arm', jsonb_build_object('result', (ARRAY['a','b','c'])[1+g%%3]), 'say', jsonb_build_object('text', repeat('سلام ', 40), 'id', g), 'more', jsonb_build_object('text', md5(g::text)||repeat(md5((g+1)::text), 20))), '',
             now() - g * interval '12 seconds', now() - g * interval '12 seconds' + (g%%1000) * interval '1 second', CASE WHEN g%%10=0 THEN now() END
            FROM generate_series(1, %s) g""", [wf.id, wf.active_version_id, n])
            c.execute("""INSERT INTO workflow_actionexecution (id, execution_id, node, action, state, attempts, port, input, output, error, started_at, ended_at)
            SELECT uuidv7(-(now()-e.started_at)), e.id, 'step_'||k, 'add_tag', 'completed', 1, 'next', '{"a": 1}', '{"b": 2}', '', e.started_at, e.ended_at FROM workflow_workflowexecution e, generate_series(1,4) k WHERE e.workflow_id=%s""", [wf.id])
            print("gen", time.perf_counter()-t0)
        c.execute("ANALYZE workflow_workflowexecution"); c.execute("ANALYZE workflow_actionexecution")
        c.execute("SHOW max_parallel_workers_per_gather"); print(c.fetchall())
        c.execute("SHOW shared_buffers"); print(c.fetchall())
        c.execute("SHOW work_mem"); print(c.fetchall())
        c.execute("SELECT uuidv7(interval '-400 days')"); bound=c.fetchone()[0]
    P=[w.id, bound]
    for _ in range(2):
        t("totals", "SELECT version_id, state, exit_reason, count(*) FILTER (WHERE parent_id IS NULL), count(converted_at) FROM workflow_workflowexecution WHERE workflow_id=%s AND id>=%s GROUP BY 1,2,3", P)
    t("perc", "SELECT percentile_cont(ARRAY[0.5,0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM ended_at - started_at)::float8) FILTER (WHERE state='completed'), percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM converted_at - started_at)::float8) FILTER (WHERE converted_at is not null) FROM workflow_workflowexecution WHERE workflow_id=%s AND id>=%s", P)
    t("dec ->", "SELECT version_id, outputs->'check'->>'result', outputs->'arm'->>'result', outputs->'x'->>'result', count(*), count(converted_at) FROM workflow_workflowexecution WHERE workflow_id=%s AND id>=%s GROUP BY 1,2,3,4", P)
    t("dec record", """SELECT version_id, o."check"->>'result', o."arm"->>'result', o.x->>'result', count(*), count(converted_at) FROM workflow_workflowexecution, jsonb_to_record(outputs) AS o("check" jsonb, "arm" jsonb, x jsonb) WHERE workflow_id=%s AND id>=%s GROUP BY 1,2,3,4""", P)
    t("dec unnest", "SELECT n.node, e.outputs -> n.node ->> 'result', count(*) FROM workflow_workflowexecution e, unnest(ARRAY['check','arm','x']) AS n(node) WHERE e.workflow_id = %s AND e.id >= %s AND e.outputs ? n.node GROUP BY 1, 2", P)
    J="FROM workflow_actionexecution s JOIN workflow_workflowexecution e ON e.id=s.execution_id WHERE e.workflow_id=%s AND e.id>=%s AND s.id>=%s"
    P3=[w.id,bound,bound]
    t("steps counts", f"SELECT s.node,s.action,s.state,s.port,count(*),sum(attempts), count(e.converted_at) {J} GROUP BY 1,2,3,4", P3)
    t("steps perc", f"SELECT s.node,s.action,percentile_cont(ARRAY[0.5,0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM s.ended_at-s.started_at)::float8) {J} AND s.state='completed' GROUP BY 1,2", P3)
    t("steps sets", f"SELECT s.node,s.action,s.state,s.port,count(*),sum(attempts), count(e.converted_at), percentile_cont(ARRAY[0.5,0.95]) WITHIN GROUP (ORDER BY extract(epoch FROM s.ended_at-s.started_at)::float8) FILTER (WHERE s.state='completed') {J} GROUP BY GROUPING SETS ((s.node,s.action,s.state,s.port),(s.node,s.action))", P3)
    t("steps hist", f"SELECT s.node,s.action,s.state,s.port,floor(ln(greatest(extract(epoch FROM s.ended_at-s.started_at)::float8, 0.0005))*50)::int, count(*),sum(attempts), count(e.converted_at), sum(extract(epoch FROM s.ended_at-s.started_at)::float8) {J} GROUP BY 1,2,3,4,5", P3)
    t("EXPLAIN", f"EXPLAIN (ANALYZE, BUFFERS OFF) SELECT s.node,s.action,s.state,s.port,count(*),sum(attempts), count(e.converted_at) {J} GROUP BY 1,2,3,4", P3)
    t("EXPLAIN small", f"EXPLAIN (ANALYZE, BUFFERS OFF) SELECT s.node,s.action,s.state,s.port,count(*),sum(attempts), count(e.converted_at) {J} GROUP BY 1,2,3,4", [w2.id,bound,bound])
    t("EXPLAIN tot", "EXPLAIN ANALYZE SELECT version_id, state, exit_reason, count(*) FILTER (WHERE parent_id IS NULL), count(converted_at) FROM workflow_workflowexecution WHERE workflow_id=%s AND id>=%s GROUP BY 1,2,3", P)
    t("width_bucket", "SELECT width_bucket(ended_at, ARRAY(SELECT generate_series(now()-interval '30 days', now(), interval '1 hour'))), state, count(*) FROM workflow_workflowexecution WHERE workflow_id=%s AND ended_at >= now() - interval '30 days' GROUP BY 1,2", [w.id])
