/** Catches what breaks while drawing, so that the rest of the page goes on. */

import { Component, type ReactNode } from "react";

import { Failure } from "./Failure";

interface Props {
  children: ReactNode;
}

interface State {
  error: unknown;
}

export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: undefined };

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  private readonly retry = (): void => this.setState({ error: undefined });

  override render(): ReactNode {
    if (this.state.error === undefined) return this.props.children;
    return <Failure error={this.state.error} retry={this.retry} />;
  }
}
