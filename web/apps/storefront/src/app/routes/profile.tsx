import { ProfilePage } from "../../features/account/profile-page";
import { useUser } from "../account-layout";

export function Component() {
  return <ProfilePage user={useUser()} />;
}
