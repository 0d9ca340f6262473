import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import NIOHTTPTypes

/// Closes the connection of a client that is too slow, and tells one that waits to go on. Stands behind the decoder, where a head that is not
/// complete shows only as a pause. One handler for both: each costs every request its way through it.
final class ConnectionHandler: ChannelDuplexHandler, RemovableChannelHandler {
  typealias InboundIn = HTTPRequestPart
  typealias InboundOut = HTTPRequestPart
  typealias OutboundIn = HTTPResponsePart
  typealias OutboundOut = HTTPResponsePart

  private var clock: ConnectionClock
  private var expected = ExpectedContinue()
  private var alarm: Scheduled<Void>?

  init(_ limits: ConnectionLimits) { clock = ConnectionClock(limits) }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let request):
      clock.headRead(at: .now())
      if expected.headRead(request) { context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil) }
    case .body: clock.bodyRead(at: .now())
    case .end: clock.requestRead()
    }
    context.fireChannelRead(data)
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    if case .end = unwrapOutboundIn(data) { expected.answerWritten() }
    context.write(data, promise: promise)
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    clock.readingPaused(at: .now())
    setAlarm(context)
    context.fireChannelReadComplete()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    clock.writabilityChanged(isWritable: context.channel.isWritable, at: .now())
    setAlarm(context)
    context.fireChannelWritabilityChanged()
  }

  func channelInactive(context: ChannelHandlerContext) {
    alarm?.cancel()
    alarm = nil
    context.fireChannelInactive()
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    alarm?.cancel()
    alarm = nil
  }

  /// One alarm at a time: one that comes too early, because the deadline has moved on, is set again.
  private func setAlarm(_ context: ChannelHandlerContext) {
    guard alarm == nil, let deadline = clock.deadline else { return }
    alarm = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
      self.alarm = nil
      if let deadline = self.clock.deadline, deadline <= .now() { context.close(promise: nil) } else { self.setAlarm(context) }
    }
  }
}
