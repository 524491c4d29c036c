# Prints, as JSON, the TAP service that pyvo takes from each resource: services.py IVOID...
# The registry is named by IVOA_REGISTRY. Versions before 1.4 have no get_service; theirs is the search by service type.
import json
import sys

import pyvo
from pyvo.registry import regtap


def by_get_service(ivoid):
    """The access URL, or the name of the error."""
    found = regtap.search(ivoid=ivoid)
    try:
        return {"picked": found[0].get_service("tap").baseurl}
    except ValueError as error:
        return {"refused": str(error)}


def by_search(ivoids):
    """All access URLs that a search for TAP services gives for each resource."""
    found = {ivoid: [] for ivoid in ivoids}
    for record in regtap.search(servicetype="tap"):
        if record.ivoid in found:
            found[record.ivoid].append(record.service.baseurl)
    return {ivoid: sorted(set(urls)) for ivoid, urls in found.items()}


ivoids = [ivoid.lower() for ivoid in sys.argv[1:]]
if hasattr(regtap.RegistryResource, "get_service"):
    answer = {ivoid: by_get_service(ivoid) for ivoid in ivoids}
    print(json.dumps({"version": pyvo.__version__, "way": "get_service", "answer": answer}))
else:
    print(json.dumps({"version": pyvo.__version__, "way": "search", "answer": by_search(ivoids)}))
