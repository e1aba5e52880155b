// What a browser is told to refuse on our behalf: nothing inline, nothing from elsewhere, no frame around us.
import type { RequestHandler } from 'express';
import helmet from 'helmet';

export function securityHeaders(origin: string): RequestHandler {
  const https = origin.startsWith('https:');
  return helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'script-src': ["'self'"],
        'style-src': ["'self'"],
        'img-src': ["'self'"],
        'font-src': ["'self'"],
        'connect-src': ["'self'"],
        'form-action': ["'self'"],
        'base-uri': ["'none'"],
        'frame-ancestors': ["'none'"],
      },
    },
    xFrameOptions: { action: 'deny' },
    // With `no-referrer` a browser would send `Origin: null` with our own forms.
    referrerPolicy: { policy: 'same-origin' },
    // Browsers honour these only where the address is trustworthy, and complain elsewhere.
    strictTransportSecurity: https,
    crossOriginOpenerPolicy: https,
    originAgentCluster: https,
  });
}
