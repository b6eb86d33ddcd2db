/** A place with an input of its own: hands its value to the input that its schema asks for. */

import { useEnvironment } from "../environment";
import { below } from "../errors";
import { dottedPath, isNameless, labelOf, type PartProps, placeIn } from "../placing";
import { descriptionId, errorId } from "../templates/FieldTemplate";
import { textOf } from "../schema";
import { INPUTS } from "../widgets";
import { inputName } from "../inputs";

export function InputField({
  fieldPathId,
  uiSchema,
  formData,
  onChange,
  disabled,
  required,
  name,
}: PartProps) {
  const { context, errors, exact } = useEnvironment();
  const place = placeIn(uiSchema);
  const path = dottedPath(fieldPathId);
  const id = fieldPathId.$id;
  const Input = INPUTS[inputName(place.draw)];
  return (
    <Input
      id={id}
      name={name}
      path={path}
      schema={place.schema}
      label={labelOf(place, name)}
      labelled={!isNameless(place)}
      value={formData}
      onChange={(value) => onChange(value, fieldPathId.path)}
      disabled={disabled === true}
      required={required === true}
      invalid={errors[path] !== undefined}
      describedBy={
        [
          ...(textOf(place.schema.description) === "" ? [] : [descriptionId(id)]),
          ...(errors[path] === undefined ? [] : [errorId(id)]),
        ].join(" ") || undefined
      }
      errors={below(exact, path)}
      context={context}
    />
  );
}
