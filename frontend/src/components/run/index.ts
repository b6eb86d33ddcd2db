export { isBlank } from "./json";
export { JobProgress } from "./JobProgress";
export { useJob } from "./jobs";
export { JsonView } from "./JsonView";
export { type Message, messageIn } from "./message";
export { MessageBubble } from "./MessageBubble";
export { PredicateExplanation } from "./PredicateExplanation";
export { StateLabel } from "./StateLabel";
export { isUnderWay } from "./states";
