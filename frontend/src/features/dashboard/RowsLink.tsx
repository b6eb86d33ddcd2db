/** A figure that leads to the rows that it counts. */

import { Link } from "@tanstack/react-router";

import classes from "./dashboard.module.css";
import type { RowsParameters } from "./queries";

interface Props {
  rows: RowsParameters;
  children: React.ReactNode;
  className?: string;
  "aria-label"?: string;
}

export function RowsLink({ rows, children, className = classes.numberLink, ...rest }: Props) {
  return (
    <Link to="/dashboard/rows" search={rows} className={className} {...rest}>
      {children}
    </Link>
  );
}
