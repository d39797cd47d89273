import { server } from "@quickshop/api/testing/fake-server";
import { HttpResponse, http } from "msw";

/** The sandbox's confirm call, which is not part of the API's contract. */
export function onConfirm(answer: (card: string) => { status: number; body: object }): void {
  server.use(
    http.post("*/_sandbox/v1/payment_intents/:id/confirm", async ({ request }) => {
      const form = new URLSearchParams(await request.text());
      const { status, body } = answer(form.get("payment_method_data[card][number]") ?? "");
      return HttpResponse.json(body, { status });
    }),
  );
}

/** The sandbox's word on the intent as it is now. */
export function onLook(answer: () => { status: number; body: object }): void {
  server.use(
    http.get("*/_sandbox/v1/payment_intents/:id", ({ request }) => {
      // Only who has the secret may look.
      if (!new URL(request.url).searchParams.has("client_secret")) return HttpResponse.json({}, { status: 401 });
      const { status, body } = answer();
      return HttpResponse.json(body, { status });
    }),
  );
}

/** The connection breaks: neither side knows what the other knows. */
export function loseConfirm(onSent: () => void = () => undefined): void {
  server.use(
    http.post("*/_sandbox/v1/payment_intents/:id/confirm", () => {
      onSent();
      return HttpResponse.error();
    }),
  );
}
