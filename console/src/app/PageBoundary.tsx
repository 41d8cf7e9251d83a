/** A page that fails says so, and leaves the rest of the console usable. */
import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import { Component, type ReactNode } from 'react';
import { connectionNow, onConnection } from '../live/changes';

interface Props {
  readonly children: ReactNode;
  /** The control plane answers again, and this page has to be loaded. */
  readonly onBack: () => void;
}

interface State {
  readonly error?: Error;
  readonly isAway?: boolean;
}

export class PageBoundary extends Component<Props, State> {
  override state: State = {};

  static getDerivedStateFromError(error: Error): State {
    return { error, isAway: connectionNow() === 'away' };
  }

  #end: (() => void) | undefined;

  /** A page's code that could not be had is not asked for again, but by loading the console anew. */
  override componentDidMount(): void {
    this.#end = onConnection(() => {
      if (!this.state.error) return;
      const now = connectionNow();
      if (now === 'away') this.setState({ isAway: true });
      if (now === 'live' && this.state.isAway) this.props.onBack();
    });
  }

  override componentWillUnmount(): void {
    this.#end?.();
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    if (this.state.isAway) {
      return (
        <Alert type="warning" header="This page could not be loaded">
          The control plane does not answer. The page comes by itself when it is back.
        </Alert>
      );
    }
    return (
      <Alert
        type="error"
        header="This page could not be shown"
        action={<Button onClick={() => location.reload()}>Reload</Button>}
      >
        {error.message} A newer console may have been built since this one was opened: reloading
        gets it. If it stays, the AWS CLI shows the same things.
      </Alert>
    );
  }
}
