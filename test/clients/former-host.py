# Uses a TAP service at a former address, as a program with a written-down address does: a query and a job.
import sys

import pyvo

service = pyvo.dal.TAPService(sys.argv[1])
query = "SELECT TOP 3 ivoid FROM rr.resource ORDER BY ivoid"
try:
    print("sync", len(service.search(query)))
except Exception as error:
    print("refused", str(error).replace("\n", " "))
    sys.exit()
job = service.submit_job(query)
job.run()
job.wait(timeout=60)
print("job", job.phase, len(job.fetch_result()))
job.delete()
