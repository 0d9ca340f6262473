import NIOCore
import NIOSSL
import Synchronization

/// The server's certificate and key, which may be read anew for the connections that come after.
final class Certificate: Sendable {
  private let certificatePath: String
  private let keyPath: String
  private let current: Mutex<NIOSSLContextConfigurationOverride>

  /// Reads two PEM files. Errors: `ServerError`.
  init(certificatePath: String, keyPath: String) throws(ServerError) {
    self.certificatePath = certificatePath
    self.keyPath = keyPath
    current = Mutex(try Self.read(certificatePath, keyPath))
  }

  /// Reads the files again. If they are no good, what was there stays.
  func reload() throws(ServerError) {
    let new = try Self.read(certificatePath, keyPath)
    current.withLock { $0 = new }
  }

  /// Asks for the certificate at each handshake.
  var configuration: TLSConfiguration {
    var configuration = Self.configuration(current.withLock { $0 })
    configuration.sslContextCallback = { [self] _, promise in promise.succeed(current.withLock { $0 }) }
    return configuration
  }

  private static func configuration(_ files: NIOSSLContextConfigurationOverride) -> TLSConfiguration {
    guard let chain = files.certificateChain, let key = files.privateKey else { preconditionFailure("read() sets both") }
    var configuration = TLSConfiguration.makeServerConfiguration(certificateChain: chain, privateKey: key)
    configuration.minimumTLSVersion = .tlsv12
    configuration.applicationProtocols = ["http/1.1"]
    return configuration
  }

  private static func read(_ certificatePath: String, _ keyPath: String) throws(ServerError) -> NIOSSLContextConfigurationOverride {
    var files = NIOSSLContextConfigurationOverride()
    do { files.certificateChain = try NIOSSLCertificate.fromPEMFile(certificatePath).map { .certificate($0) } } catch {
      throw ServerError(.certificate, "no certificate can be read from \(certificatePath): name a file in PEM form, the server's own certificate first")
    }
    do { files.privateKey = .privateKey(try NIOSSLPrivateKey(file: keyPath, format: .pem)) } catch {
      throw ServerError(.certificate, "no key can be read from \(keyPath): name a file in PEM form, without a pass phrase")
    }
    // Making a context is what finds out whether the two belong together.
    do { _ = try NIOSSLContext(configuration: configuration(files)) } catch {
      throw ServerError(.certificate, "the key in \(keyPath) does not belong to the certificate in \(certificatePath): name the two that were made together")
    }
    return files
  }
}
