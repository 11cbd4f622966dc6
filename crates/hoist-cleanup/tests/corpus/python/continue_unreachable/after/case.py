from openfeature import api
from trace import t

client = api.get_client()


def main():
    for x in [1, 2]:
        t(x)
        continue
    t("end")
