"""Signs one request COUNT times with botocore's signer, and prints the last signature: the request of signer.c.

    sign_with_botocore.py header|query COUNT
"""

import datetime
import sys

import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

URL = "https://sts.eu-west-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15"
KEYS = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
TIME = datetime.datetime(2015, 8, 30, 12, 36)


def main():
    form, count = sys.argv[1], int(sys.argv[2])
    # The time of all three signers, so that their signatures can be compared.
    botocore.auth.get_current_datetime = lambda: TIME
    signer = (botocore.auth.SigV4Auth(KEYS, "sts", "eu-west-1") if form == "header" else
              botocore.auth.SigV4QueryAuth(KEYS, "sts", "eu-west-1", expires=3600))
    for _ in range(count):
        request = AWSRequest("GET", URL)
        signer.add_auth(request)
    print((request.headers["Authorization"] if form == "header" else request.url)[-64:])


if __name__ == "__main__":
    main()
