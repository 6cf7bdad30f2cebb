import Crypto
package import Domain

/// SHA-256 by swift-crypto, in the form that the core takes it.
package let sha256: Domain.SHA256 = { bytes in
    Digest(bytes: Crypto.SHA256.hash(data: bytes))
}
