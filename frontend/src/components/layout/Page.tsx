/** A page that scrolls as a whole, its content at a readable width. */

import classes from "./layout.module.css";

interface Props {
  children: React.ReactNode;
  /** `text` for forms and prose, `full` for tables. */
  width?: "text" | "full";
}

export function Page({ children, width = "full" }: Props) {
  return (
    <div className={classes.page} data-width={width}>
      {children}
    </div>
  );
}
