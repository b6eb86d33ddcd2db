export { CodeEditor } from "./CodeEditor";
export { VariablePicker } from "./VariablePicker";
export { variableOf, type Variable, type VariableTree } from "./variables";
