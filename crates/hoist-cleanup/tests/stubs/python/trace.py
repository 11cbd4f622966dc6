traced = []


def t(text):
    traced.append(str(text))
