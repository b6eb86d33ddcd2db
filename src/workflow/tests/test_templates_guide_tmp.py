"""x"""
from workflow.tests.test_templates_running import *
def test_follow_up(engine, using, amina):
    import json
    from workflow.templates.document import read_template
    from workflow.templates.making import instantiate
    assert instantiate(read_template(json.load(open("/tmp/follow_up.json"))), {"days": 2}, by="t", language="ar", activate=True).problems == []
    says(engine, amina, "هل عندكم أَحذية؟")
    assert "asked: أحذية" in engine.user(amina)["tags"]
    later(engine)
    assert written(amina) == ["هل ما زلت مهتمًا يا أمينة؟"]
