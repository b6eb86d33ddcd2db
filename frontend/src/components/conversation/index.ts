export { ContactAvatar } from "./ContactAvatar";
export { ProviderIcon } from "./ProviderIcon";
