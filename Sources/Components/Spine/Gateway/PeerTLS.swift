import NIOSSL

/// How a gateway shows itself to others on the wire, and whom it believes there: files in PEM.
public struct PeerTLS: Sendable {
    public let certificatePath: String
    public let keyPath: String
    /// Authorities whose certificates are believed, and no others.
    public let authoritiesPath: String

    public init(certificatePath: String, keyPath: String, authoritiesPath: String) {
        (self.certificatePath, self.keyPath, self.authoritiesPath) = (certificatePath, keyPath, authoritiesPath)
    }

    /// Both sides show a certificate, and the server's must be for the name it is called by (RFC 9525).
    ///
    /// - Throws: `SpineError.setting` for files that cannot be read.
    func client() throws(SpineError) -> TLSConfiguration {
        do {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.minimumTLSVersion = .tlsv12
            tls.trustRoots = .file(authoritiesPath)
            tls.certificateChain = try NIOSSLCertificate.fromPEMFile(certificatePath).map { .certificate($0) }
            tls.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyPath, format: .pem))
            return tls
        } catch { throw .setting("the gateway's certificate cannot be read: \(error)") }
    }
}
