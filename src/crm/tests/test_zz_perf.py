import time, random
import pytest
from core.bulk import insert_rows
from core.ids import uuid7
from core.text import fold
from crm.models import *
from crm.querying import ContactFilter, find_contacts
from crm.services.fields import declare_field
from crm.services.segment_preview import preview
from crm.selectors.duplicates import duplicates
from crm.tests.transfer_support import sent, ran
from workflow.services.jobs import work_on
from workflow.models import Job
from django.db import connection

pytestmark = pytest.mark.usefixtures("inside")
def test_perf(inside, settings, tmp_path):
    settings.MEDIA_ROOT=str(tmp_path)
    for slug, t in (("visits","number"),("born","date"),("note","text"),("vip","boolean")):
        declare_field(slug=slug,label=slug,type=t)
    rnd=random.Random(1)
    names=["أمينة بن علي","رضا کیانی","Zoé Müller","Yacine Benali","سارا احمدی"]
    rows=[]
    for n in range(50000):
        name=f"{rnd.choice(names)} {n}"
        c=Contact(id=uuid7(),name=name,phone=f"+2135{n:08d}",email=f"u{n}@example.com",language=rnd.choice(["ar","fr","fa"]),custom={"visits":rnd.randint(0,100),"born":f"19{rnd.randint(50,99)}-0{rnd.randint(1,9)}-11","note":f"note {n%50}","vip":n%3==0})
        c.search=" ".join(fold(x) for x in (c.name,c.phone,c.email))
        rows.append(c)
    insert_rows(rows)
    tags=[Tag(name=f"t{n}",key=f"t{n}") for n in range(50)]
    Tag.objects.bulk_create(tags)
    ContactTag.objects.bulk_create([ContactTag(contact=c,tag=rnd.choice(tags)) for c in rows])
    with connection.cursor() as cur: cur.execute("ANALYZE crm_contact; ANALYZE crm_contacttag")
    def L(f,o,v=None): return {"field":f,"op":o,"value":v}
    for p,o,s in [({},[],""),({},["name"],""),({},["-custom.visits"],""),({},[],"زينه"),({},[],"امينه 17"),
        (L("user.language","equals","fa"),["name"],""),(L("user.tags","contains","t7"),[],""),({"not":L("user.tags","contains","t7")},["name"],""),
        (L("user.custom.visits","greater",90),["custom.visits"],""),(L("user.custom.born","between",["1970-01-01","1975-01-01"]),[],""),
        (L("user.custom.vip","equals",True),[],""),(L("user.name","icontains","سارا 12"),[],""),(L("user.name","icontains","أمين"),[],""),(L("user.name","contains","Zoé"),[],""),
        (L("user.custom.note","icontains","note 7"),[],""),({"not":L("user.name","icontains","أمين")},[],""),
        (L("user.created_at","within_last","7d"),[],""),(L("user.name","matches_regex","^Z"),[],"")]:
        t=time.time(); f=find_contacts(ContactFilter(predicate=p,search=s),ordering=o); print(f"PERF {time.time()-t:.3f}", f.count, f.capped, p, o, s)
    t=time.time(); f=find_contacts(ContactFilter(),ordering=["name"],page=900); print("PERF page 900", time.time()-t)
    t=time.time(); print("PERF dup", len(duplicates()), time.time()-t)
    t=time.time(); pv=preview(L("user.language","equals","fa")); print("PERF preview", pv.matched, pv.scanned, time.time()-t)
    text="name;phone;email;tags;visits\n"+"".join(f"زبون {n};0661{n:06d};z{n}@example.com;VIP,t{n%50};{n%9}\n" for n in range(100000,105000))
    t=time.time(); w=sent(text); print("PERF upload", time.time()-t, w.mapping)
    from crm.services.imports import run_import
    for _ in range(2):
        w=run_import(w.id,mapping=w.mapping,options={},dry_run=False,by="m"); j=w.run_job; t=time.time(); n=0
        while work_on(j.id): n+=1
        print("PERF import 5000", n, time.time()-t, Contact.objects.count(), Job.objects.get(id=j.id).result)
    from crm.services.exports import start_export
    from crm.services.selecting import Selection
    e=start_export(Selection.all_of({}),keys=["name","phone","tags","custom.visits"],by="m"); t=time.time()
    while work_on(e.job_id): pass
    print("PERF export 55000", time.time()-t)
