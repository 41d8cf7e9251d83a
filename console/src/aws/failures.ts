/** What went wrong with a call, in AWS's words: code, message and request id. */

export interface Failure {
  readonly code: string;
  readonly message: string;
  readonly requestId?: string;
}

interface SdkError {
  name?: string;
  message?: string;
  $metadata?: { requestId?: string; httpStatusCode?: number };
}

export function failureOf(error: unknown): Failure {
  if (isFailure(error)) return error;
  const told = (error ?? {}) as SdkError;
  const { httpStatusCode, requestId } = told.$metadata ?? {};
  if (error instanceof TypeError && !httpStatusCode && !requestId) {
    return { code: 'Unreachable', message: UNREACHABLE };
  }
  const status = told.$metadata?.httpStatusCode;
  if (status !== undefined && status >= 500 && UNNAMED.has(told.name ?? '')) {
    return { code: `HTTP ${status}`, message: NOT_OURS, requestId: told.$metadata?.requestId };
  }
  return {
    code: told.name ?? 'Error',
    message: wordsOf(told.message) || 'The server gave no message.',
    requestId: told.$metadata?.requestId,
  };
}

/** Of a signature that does not match, AWS also says what was signed, which is for who writes a client. */
function wordsOf(message: string | undefined): string | undefined {
  return message?.split(/\s*The Canonical String for this request should have been/)[0];
}

const UNREACHABLE =
  'The control plane does not answer. Is it running? `roadstead up` starts it; the console goes on by itself when it is back.';

/** What the SDKs call an error whose answer says nothing that AWS would say. */
const UNNAMED = new Set(['', 'Error', 'Unknown', 'UnknownError']);
const NOT_OURS =
  'Something answered, but not the control plane: a proxy in front of it, perhaps, that does not reach it. Is it running? `roadstead up` starts it.';

const DENIED = new Set([
  'AccessDeniedException',
  'IncompleteSignatureException',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

/** Whether the keys are the reason: another try with the same ones cannot help. */
export function isAboutKeys(failure: Failure): boolean {
  return DENIED.has(failure.code);
}

function isFailure(error: unknown): error is Failure {
  return (
    typeof error === 'object' &&
    error !== null &&
    'code' in error &&
    'message' in error &&
    !(error instanceof Error)
  );
}
