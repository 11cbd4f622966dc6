/** What browsers have and the document of the unit tests has not. */
class Silent {
  observe() {}
  unobserve() {}
  disconnect() {}
  close() {}
}

/** A request may name a path, as in a browser. */
class Located extends Request {
  constructor(input: RequestInfo | URL, init?: RequestInit) {
    super(typeof input === "string" ? new URL(input, location.href) : input, init);
  }
}

if (typeof window !== "undefined") {
  const media = () => ({ matches: false, addEventListener() {}, removeEventListener() {}, addListener() {} });
  Object.assign(globalThis, { ResizeObserver: Silent, EventSource: Silent, Request: Located });
  Object.assign(document, { fonts: { addEventListener() {}, removeEventListener() {} } });
  Object.assign(window, { matchMedia: media, scrollTo() {} });
  Object.assign(Element.prototype, { scrollIntoView() {}, scrollTo() {} });
}
