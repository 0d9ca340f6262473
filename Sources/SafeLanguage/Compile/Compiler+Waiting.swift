/// Expressions that read or write: they wait for the world. Their pure parts stay closures that do not.
extension Compiler {
  typealias Waiting = (Frame) async throws(RunError) -> Value

  func evaluation(of expression: TypedExpression) -> Evaluation {
    expression.effect == .pure ? .now(compile(expression).asValue) : .waiting(waiting(expression))
  }

  private func waiting(_ expression: TypedExpression) -> Waiting {
    let span = expression.span
    switch expression.kind {
    case .resource(let resource): return self.resource(resource, span)
    case .fetch(let resource, let query): return fetch(resource, query, span)
    case .refresh(let resource):
      return { frame async throws(RunError) in
        do throws(RunError) { return Self.value(of: resource, try await frame.run.world.refresh(resource, at: frame.site(span))) } catch { throw error.at(span) }
      }
    case .relation(let base, let relation, _): return self.waitingRelation(base, relation, span)
    case .coalesce(let a, let b):
      let (a, b) = (evaluation(of: a), evaluation(of: b))
      return { frame async throws(RunError) in
        let value = try await a.run(frame)
        return value.isNull ? try await b.run(frame) : value
      }
    case .and(let a, let b): return logical(a, b, stopsAt: false)
    case .or(let a, let b): return logical(a, b, stopsAt: true)
    case .chain(let guards, let body):
      let guards = guards.map { ($0.slot, evaluation(of: $0.value)) }
      let body = evaluation(of: body)
      return { frame async throws(RunError) in
        for (slot, value) in guards {
          let value = try await value.run(frame)
          if value.isNull { return .null }
          frame.locals[slot] = value
        }
        return try await body.run(frame)
      }
    case .conditional(let condition, let then, let otherwise):
      let (condition, then, otherwise) = (evaluation(of: condition), block(then), otherwise.map { block($0) })
      return { frame async throws(RunError) in
        if case .bool(true) = try await condition.run(frame) { return try await then.run(frame) }
        return try await otherwise?.run(frame) ?? .null
      }
    case .attempt(let body, let slot, let recovery): return attempt(body, slot, recovery)
    case .pipeline(let source, let stages): return waitingPipeline(source, stages)
    case .method(let method, let base, let arguments): return waitingMethod(method, base, arguments, expression)
    case .invoke(let definition, let arguments): return waitingInvoke(definition, arguments, span)
    case .input(let format, let path, let type): return input(format, path, type, span)
    case .verb(let verb, let subject, let named): return self.verb(verb, subject, named, span)
    case .print(let value):
      let value = evaluation(of: value)
      return { frame async throws(RunError) in
        let text = try await value.run(frame).printed
        try frame.run.checkInterrupt()
        frame.run.world.emit(.line(text))
        return .null
      }
    default: return lowered(expression)
    }
  }

  /// Works out the parts that wait, one after another, and then the node itself over what they gave.
  private func lowered(_ expression: TypedExpression) -> Waiting {
    var steps: [(slot: Int, value: Evaluation)] = []
    let pure = expression.mapping { part in
      guard part.effect > .pure else { return part }
      let slot = temporary()
      steps.append((slot, evaluation(of: part)))
      return TypedExpression(kind: .local(slot), type: part.type, span: part.span)
    }
    let code = compile(pure).asValue
    return { [steps] frame async throws(RunError) in
      for (slot, value) in steps { frame.locals[slot] = try await value.run(frame) }
      return try code(frame)
    }
  }

  private func logical(_ a: TypedExpression, _ b: TypedExpression, stopsAt: Bool) -> Waiting {
    let (a, b) = (evaluation(of: a), evaluation(of: b))
    return { frame async throws(RunError) in
      if case .bool(stopsAt) = try await a.run(frame) { return .bool(stopsAt) }
      return try await b.run(frame)
    }
  }

  private func attempt(_ body: TypedBlock, _ slot: Int?, _ recovery: TypedBlock?) -> Waiting {
    let (body, recovery) = (block(body), recovery.map { block($0) })
    return { frame async throws(RunError) in
      do throws(RunError) { return try await body.run(frame) } catch {
        guard error.reach == .row else { throw error }
        if let slot { frame.locals[slot] = error.value(frame) }
        return try await recovery?.run(frame) ?? .null
      }
    }
  }

  private func waitingMethod(_ method: Method, _ base: TypedExpression, _ arguments: [TypedArgument], _ expression: TypedExpression) -> Waiting {
    let type = expression.type
    var (source, stages) = (base, [TypedStage]())
    if case .pipeline(let inner, let before) = base.kind { (source, stages) = (inner, before) }
    // A method over rows of a file is the last stage of a pipeline.
    if case .input = source.kind {
      let effect = arguments.reduce(Effect.pure) { $0.joined($1.effect) }
      let stage = TypedStage(kind: .method(method, arguments), type: type, span: expression.span, effect: effect)
      if let fused = fusedPipeline(source, stages + [stage]) { return fused }
    }
    let receiver = evaluation(of: base)
    let stage = methodStage(method, arguments, type, expression.span)
    return { frame async throws(RunError) in
      let source = try await receiver.run(frame)
      if type.isOptional, source.isNull { return .null }
      do throws(RunError) {
        let value = try Self.fitted(try await stage.run(frame, source), type)
        Interruption.letGo(source, isMade: base.isMade)
        return value
      } catch {
        Interruption.hold(source, after: error)
        throw error
      }
    }
  }

  private func verb(_ verb: Verb, _ subject: TypedExpression, _ named: [(name: String, value: TypedExpression)], _ span: Span) -> Waiting {
    let subject = evaluation(of: subject)
    let named = named.map { ($0.name, evaluation(of: $0.value)) }
    return { frame async throws(RunError) in
      try frame.run.checkInterrupt()
      let about = try await subject.run(frame)
      var arguments: [String: Value] = [:]
      for (name, value) in named { arguments[name] = try await value.run(frame) }
      let run = frame.run
      let call = VerbCall(
        verb: verb, subject: about, arguments: arguments, site: frame.site(span),
        permitting: { count throws(RunError) in try run.permit(verb, count, span) })
      do throws(RunError) {
        let outcome = try await run.world.perform(call)
        if outcome.changed { frame.countCall(verb.name) }
        return outcome.value
      } catch { throw error.at(span) }
    }
  }
}
