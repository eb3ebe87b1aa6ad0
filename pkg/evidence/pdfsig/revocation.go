package pdfsig

import "encoding/asn1"

// oidAdobeRevocation is Adobe's attribute with revocation data.
var oidAdobeRevocation = asn1.ObjectIdentifier{1, 2, 840, 113583, 1, 1, 8}
