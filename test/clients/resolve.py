# Prints, as JSON, what pyvo makes of a registry: resolve.py ivoid IVOID... | keywords WORDS... | tables IVOID
# The registry is named by IVOA_REGISTRY, as for any user of pyvo.
import json
import sys
import warnings

import pyvo
from pyvo.dal import tap
from pyvo.registry import regtap

warnings.simplefilter("error", category=pyvo.dal.DALOverflowWarning) if hasattr(pyvo.dal, "DALOverflowWarning") else None


def resolve(ivoids):
    """IVOID -> access URL of its TAP service."""
    answer = {}
    for ivoid in ivoids:
        service = regtap.ivoid2service(ivoid, "tap")
        services = service if isinstance(service, list) else [service]
        answer[ivoid] = [one.baseurl for one in services]
    return answer


def search(keywords):
    """Title, IVOID and access URL of the TAP services found for each keyword phrase."""
    answer = {}
    for phrase in keywords:
        found = pyvo.registry.search(keywords=phrase, servicetype="tap")
        answer[phrase] = [
            {"title": one.res_title, "ivoid": one.ivoid, "accessUrl": one.access_url} for one in found
        ]
    return answer


def tables(ivoid):
    """Names of the tables and columns that the registry knows of a resource."""
    import os

    service = tap.TAPService(os.environ["IVOA_REGISTRY"])
    rows = service.run_sync(
        "SELECT table_name, name FROM rr.res_table NATURAL JOIN rr.table_column WHERE ivoid='%s'" % ivoid
    )
    answer = {}
    for row in rows:
        answer.setdefault(str(row["table_name"]), []).append(str(row["name"]))
    return answer


def schema():
    """Tables of the registry's own TAP service, read by pyvo from its VOSI documents."""
    import os

    service = tap.TAPService(os.environ["IVOA_REGISTRY"])
    return {
        "tables": sorted(service.tables.keys()),
        "maxrec": service.maxrec,
        "hardlimit": service.hardlimit,
        "available": bool(service.available),
    }


verb, arguments = sys.argv[1], sys.argv[2:]
print(
    json.dumps(
        {
            "ivoid": lambda: resolve(arguments),
            "keywords": lambda: search(arguments),
            "tables": lambda: tables(arguments[0]),
            "schema": schema,
        }[verb]()
    )
)
