export { AppSetup } from "./AppSetup";
export { CodeForm } from "./CodeForm";
export { RecoveryCodes } from "./RecoveryCodes";
export { useRefusal } from "./refusal";
export { useConfirmed, wasClosed } from "./useConfirmed";
