import { ApiError, hasCode } from "@quickshop/api/problem";
import type { LinkState } from "@quickshop/api/types";
import { EmailField, NameField, NewPasswordField } from "@quickshop/shared/account-fields";
import { Form } from "@quickshop/shared/form";
import { passwordOf, textOf } from "@quickshop/shared/form-data";
import { LocaleContext } from "@quickshop/ui/locale";
import { use } from "react";

/** The address that the demo data give the admin: nobody's, so that nobody should keep it. */
const DEMO_EMAIL = "admin@example.com";

export interface Choice {
  email: string;
  full_name?: string;
  password: string;
}

interface WelcomeFormProps {
  link: LinkState;
  busy: boolean;
  onChoose: (choice: Choice) => Promise<unknown>;
}

export function WelcomeForm({ link, busy, onChoose }: WelcomeFormProps) {
  const until = new Intl.DateTimeFormat(use(LocaleContext), { timeStyle: "short" }).format(new Date(link.expires_at));
  const first = !link.has_password;
  return (
    <>
      <h1 className="text-xl font-semibold tracking-tight">{first ? "Welcome. This shop is yours." : "Choose a new password"}</h1>
      <p className="mt-1 mb-6 max-w-md text-muted">
        {first ? "Choose what you sign in with from now on." : "It takes the old one’s place, and ends all other sessions."} This
        link works once, until <time dateTime={link.expires_at}>{until}</time>.
      </p>
      <Form
        submit={first ? "Open the admin" : "Save and open the admin"}
        busy={busy}
        onSubmit={(data) => onChoose(choiceOf(data, first)).catch(besideItsField)}
      >
        {(errorOf) => (
          <>
            {first && <NameField error={errorOf("full_name")} />}
            <EmailField defaultValue={link.email === DEMO_EMAIL ? "" : link.email} error={errorOf("email")} />
            <NewPasswordField error={errorOf("password")} advice="Three odd words are better than one clever one." />
          </>
        )}
      </Form>
    </>
  );
}

function choiceOf(data: FormData, first: boolean): Choice {
  const choice = { email: textOf(data, "email"), password: passwordOf(data) };
  return first ? { ...choice, full_name: textOf(data, "full_name") } : choice;
}

function besideItsField(error: unknown): never {
  if (!hasCode(error, "email_taken")) throw error;
  throw new ApiError(error.status, {
    code: error.code,
    errors: [{ field: "email", code: error.code, detail: "Another account has this e-mail address." }],
  });
}
