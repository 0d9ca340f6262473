import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import SecretSafeClient

/// The key goes only to a server whose certificate is trusted.
@Suite struct TLSTests {
  // A certificate for localhost that nobody has signed, good until 2126, and its key; of no worth outside this test.
  private static let certificate = """
    MIIBnDCCAUGgAwIBAgIUKdFHor2j1FLXOaCt1/sWY7GditgwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyNDEwMDAyOFoYDzIx
    MjYxMDMxMTAwMDI4WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQgv33a8yFXCUALIm4HjcZ/6uwB19P45w2y4w/v
    InQQKhBmMbNv339bjpyHsTSB7/lVnzk8nkkntsA3aDGecfuho28wbTAdBgNVHQ4EFgQUT0rldwu3XgRNJQIkniEd8FdeXHowHwYDVR0jBBgwFoAUT0rldwu3
    XgRNJQIkniEd8FdeXHowDwYDVR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZIzj0EAwIDSQAwRgIhAN1vzy70vgGAkQ9b
    c/yVIQujS6IYKsohYVsYF3uiA7wqAiEAw9ha02mJfM3JHFy27jlJULgY95UJyWRPk6w4bnOCH1E=
    """
  private static let key = """
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgZ/Ze1+4bcxnyl/s7XO6JCqCIO40pN2FqZpzgo8zbC/uhRANCAAQgv33a8yFXCUALIm4HjcZ/
    6uwB19P45w2y4w/vInQQKhBmMbNv339bjpyHsTSB7/lVnzk8nkkntsA3aDGecfuh
    """

  private static func bytes(_ base64: String) throws -> [UInt8] {
    Array(try #require(Data(base64Encoded: base64, options: .ignoreUnknownCharacters)))
  }

  private static func error(at port: Int) async throws -> ClientError {
    let address = try ServerAddress("https://localhost:\(port)")
    let client = Client(Credentials(address: address, clientID: "organization.1", secret: ClientSecret("x")), options: Bench.options)
    let error = await failure { () async throws(ClientError) in try await client.members() }
    await client.shutdown()
    return try #require(error)
  }

  @Test func aCertificateThatNobodySignedIsRefusedAtOnce() async throws {
    let configuration = TLSConfiguration.makeServerConfiguration(
      certificateChain: [.certificate(try NIOSSLCertificate(bytes: Self.bytes(Self.certificate), format: .der))],
      privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Self.bytes(Self.key), format: .der)))
    let context = try NIOSSLContext(configuration: configuration)
    let listener = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context)) }
      }
      .bind(host: "localhost", port: 0).get()
    let error = try await Self.error(at: listener.localAddress?.port ?? 0)
    try await listener.close()
    #expect(error.kind == .unreachable)
    #expect(error.message.hasPrefix("the server cannot be reached: TLS: the server's certificate is not trusted; "))
  }

  @Test func aServerWithoutTLSIsTold() async throws {
    try await Bench.run { bench in
      let error = try await Self.error(at: bench.proxy.port)
      #expect(error.kind == .unreachable)
      #expect(error.message.contains("TLS"))
    }
  }
}
