import type { User } from "@quickshop/api/types";
import { EmailField, NameField } from "./account-fields";
import { Form } from "./form";
import { textOf } from "./form-data";
import { useNotices } from "./notices";

interface ProfileFormProps {
  user: User;
  busy: boolean;
  onSave: (person: { full_name: string; email: string }) => Promise<unknown>;
}

/** Name and e-mail of the person at this screen. */
export function ProfileForm({ user, busy, onSave }: ProfileFormProps) {
  const say = useNotices((notices) => notices.say);
  return (
    <Form
      submit="Save"
      busy={busy}
      onSubmit={(data) =>
        onSave({ full_name: textOf(data, "full_name"), email: textOf(data, "email") }).then(() => say({ text: "Saved." }))
      }
    >
      {(errorOf) => (
        <>
          <NameField defaultValue={user.full_name} error={errorOf("full_name")} />
          <EmailField autoComplete="email" defaultValue={user.email} error={errorOf("email")} />
        </>
      )}
    </Form>
  );
}
