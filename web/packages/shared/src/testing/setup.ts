import { endSession } from "@quickshop/api/session";
import { server } from "@quickshop/api/testing/fake-server";
import { cleanup, configure } from "@testing-library/react";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { useNotices } from "../notices";

// The first visit of a route compiles its code, and the machine may be busy.
configure({ asyncUtilTimeout: 10_000 });

beforeAll(() => server.listen({ onUnhandledRequest: "error" }));
beforeEach(() => {
  window.scrollTo = () => {};
});
afterEach(() => {
  cleanup();
  server.resetHandlers();
  endSession();
  // biome-ignore lint/suspicious/noDocumentCookie: jsdom has no Cookie Store
  document.cookie = "qs_csrf=; Max-Age=0; Path=/";
  useNotices.setState({ notices: [] });
});
afterAll(() => server.close());
