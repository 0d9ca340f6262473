internal import FoundationEssentials
internal import NIOSSL

/// Certificates of authorities that are trusted beside the system's.
public struct Authorities: Sendable {
  let certificates: [NIOSSLCertificate]

  public var count: Int { certificates.count }

  /// Those of a file in PEM form.
  ///
  /// - Throws: `unauthorized`, since nothing is sent to a server that may not be trusted.
  public init(file path: String) throws(ClientError) {
    func failure(_ text: String) -> ClientError { ClientError(.unauthorized, "the file of authorities, '\(path)', \(text)") }
    let bytes: [UInt8]
    do { bytes = Array(try Data(contentsOf: URL(filePath: path))) } catch { throw failure("cannot be read; --cacert, SAFESH_CACERT or the profile names it") }
    let begin = Array("-----BEGIN CERTIFICATE-----".utf8)
    guard bytes.firstRange(of: begin) != nil else {
      throw failure("holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----")
    }
    do { certificates = try NIOSSLCertificate.fromPEMBytes(bytes) } catch { throw failure("holds a certificate that cannot be read") }
    if certificates.isEmpty { throw failure("holds a certificate that cannot be read") }
  }
}
