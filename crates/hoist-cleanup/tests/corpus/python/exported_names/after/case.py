from openfeature import api
from trace import t

client = api.get_client()


import os  # noqa
from os import path

__all__ = ["path"]


def main():
    t("end")
