"""What faxes bring to the server."""

from __future__ import annotations

from functools import partial

from callserver.fax.t30.capabilities import Capabilities
from callserver.fax.t30.terminal import Station
from callserver.features import Feature, Shop
from callserver.features.faxing.desk import FaxDesk
from callserver.features.faxing.engines import Engines
from callserver.features.faxing.files import Files
from callserver.features.faxing.flow import FaxMenu
from callserver.features.faxing.in_talk import FaxInTalk
from callserver.features.faxing.judge import Judge
from callserver.features.faxing.letters import Outbox
from callserver.features.faxing.library import Library
from callserver.features.faxing.office import FaxOffice
from callserver.features.faxing.papers import Papers
from callserver.features.faxing.post import FaxPost
from callserver.features.faxing.postman import Postman
from callserver.features.faxing.records import Records
from callserver.features.faxing.sessions import Sessions
from callserver.features.faxing.talk import FaxTalk
from callserver.features.faxing.terminals import SOFT, OurSide

FOLDER = "faxes"
OURS = Capabilities(SOFT)


def declare(shop: Shop) -> Feature:
    """Documents for callers, the acts of agents, what came and what is sent by itself."""
    if shop.house is None:
        return Feature("faxing", menus=(FaxMenu(),))
    house, config = shop.house, shop.config.fax
    papers = Papers(house.folder / FOLDER)
    engines = Engines(config.engines, house.clock, house.alarm)
    files = Files(papers, shop.store, house.in_thread, house.new_id, house.mail, config.name)
    office = FaxOffice(house, shop.store, shop.events, files, config.mail_to, config.keep_days)
    sender, zone = f"{config.name} {config.number}".strip(), shop.config.server.zone
    ours = OurSide(papers, house.in_thread, Station(OURS, config.number), partial(office.top, sender, zone))
    sessions = Sessions(house, Records(house, shop.store, shop.events), ours, office.received)
    postman = Postman(house, shop.store, shop.events, engines, sessions, config, zone, office.report)
    outbox = Outbox(
        shop.store, shop.events, house.new_id, lambda file: house.in_thread(papers.n_pages, file), postman.due
    )
    talk = FaxTalk(
        house.clock,
        engines,
        sessions,
        Library(shop.store),
        outbox,
        classify=lambda number: house.calls_out().classify(number),
        may_send_to=lambda kind: kind.name.lower() in config.later,
        wait_s=config.wait_s,
    )
    judge = Judge(house, shop.store, shop.events)
    in_talk = FaxInTalk(judge, engines, sessions, config.wait_s)
    acts = in_talk.acts() | FaxDesk(judge, outbox, files).acts()
    return Feature(
        "faxing",
        menus=(FaxMenu(),),
        acts=acts,
        services=(office, postman),
        faxes=talk,
        post=FaxPost(files, outbox),
        rights_changed=in_talk.rights_changed,
    )
