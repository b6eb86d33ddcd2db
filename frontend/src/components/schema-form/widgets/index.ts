/** Every input by its name. */

import type { InputName } from "../inputs";
import { AnyValue } from "./any";
import { Choose, ChooseSeveral, YesNo } from "./choice";
import { Code, Json, Liquid } from "./code";
import { Colour, OneFile, Phone, Secret } from "./contact";
import { Cron } from "./cron";
import { Length, Money, NumberLine } from "./numbers";
import { FieldPath, OneRelation, PredicateInput, SeveralRelations } from "./reference";
import { TextLine, TextLines, TextList } from "./text";
import { Day, Moment, TimeOfDay, TimeZone } from "./time";
import type { InputProps } from "./types";

export const INPUTS: Readonly<Record<InputName, React.ComponentType<InputProps>>> = {
  any: AnyValue,
  checkboxes: ChooseSeveral,
  code: Code,
  color: Colour,
  cron: Cron,
  date: Day,
  "date-time": Moment,
  duration: Length,
  field: FieldPath,
  file: OneFile,
  json: Json,
  liquid: Liquid,
  list: TextList,
  money: Money,
  multiline: TextLines,
  number: NumberLine,
  phone: Phone,
  predicate: PredicateInput,
  relation: OneRelation,
  relations: SeveralRelations,
  secret: Secret,
  select: Choose,
  switch: YesNo,
  text: TextLine,
  time: TimeOfDay,
  timezone: TimeZone,
};
