/** A contact's name, which leads to its page. */

import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { titleOf } from "../model";
import classes from "./parts.module.css";

interface Props {
  contact: { id: string; name: string; phone: string; email: string; external_id: string | null };
}

export function ContactLink({ contact }: Props) {
  const { t } = useTranslation("contacts");
  return (
    <Link to="/contacts/$contactId" params={{ contactId: contact.id }} className={classes.link} dir="auto">
      {titleOf(contact) || t("nameless")}
    </Link>
  );
}
