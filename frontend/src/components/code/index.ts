export { CodeEditor } from "./CodeEditor";
export type { CodeProblem } from "./problems";
export { VariablePicker } from "./VariablePicker";
export { variableOf, type Variable, type VariableTree } from "./variables";
