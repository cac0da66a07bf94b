import EventLoop
import Observability
import Synchronization

/// The loops, seen from the control plane: started once, told of every new generation, drained, stopped.
package final class DataPlane: Sendable {
    private struct Loop: Sendable {
        let thread: LoopThread
        let mailbox: Mailbox<LoopCommand>
    }

    package let counters: [LoopCounters]
    package let outboxes: [EventOutbox]
    /// Who proved lists; the next reload needs all of them.
    package let provers = ProverLedger()
    private let loops: [Loop]
    private let blocking: BlockingThread

    /// - Parameters:
    ///   - run: distinguishes the decisions of this run of the process from those of others.
    ///   - first: what each loop starts with; there are as many loops.
    ///   - clock: what decisions go by.
    ///   - askRegistry: called from loops; must not block. ``answer(_:_:)`` follows, sooner or later.
    ///   - tellClaims: called from loops; must not block. ``tell(_:)`` follows where an answer is due.
    ///   - ringBell: called from loops when events wait in an outbox; must not block.
    ///   - onDrained: called from each loop once it holds no connection after ``drain(seconds:)``.
    package init(
        run: UInt32,
        first: [LoopGeneration],
        clock: TrustedClock,
        askRegistry: @escaping @Sendable (RegistryQuestion) -> Void,
        tellClaims: @escaping @Sendable (SessionNotice) -> Void,
        ringBell: @escaping @Sendable () -> Void,
        onDrained: @escaping @Sendable () -> Void
    ) {
        LoopThread.ignoreBrokenPipes()
        let counters = first.map { _ in LoopCounters() }
        let outboxes = first.map { _ in EventOutbox(ringBell: ringBell) }
        self.counters = counters
        self.outboxes = outboxes
        let provers = provers
        let blocking = BlockingThread()
        self.blocking = blocking
        let mailboxes = first.map { _ in Mailbox<LoopCommand>() }
        loops = first.enumerated().map { index, generation in
            let mailbox = mailboxes[index]
            // Taken by the thread, whose closure lives as long as it does and must not hold on to the first lists.
            let generation = Mutex<LoopGeneration?>(generation)
            let thread = LoopThread.spawn(name: "loop-\(index)") {
                SystemCall.askForShortSlices()
                guard let first = generation.withLock({ $0.take() }) else { preconditionFailure("a loop begins twice") }
                let worker = LoopWorker(
                    index: index,
                    run: run,
                    first: first,
                    clock: clock,
                    counters: counters[index],
                    outbox: outboxes[index],
                    provers: provers,
                    blocking: blocking,
                    askRegistry: askRegistry,
                    tellClaims: tellClaims,
                    mailbox: mailbox,
                    onListsProven: { mailboxes.forEach { $0.post(.decideAllAgain) } },
                    onDrained: onDrained
                )
                let reader = mailbox.attach(to: worker.loop) { worker.handle($0) }
                worker.loop.run()
                reader.detach()
            }
            return Loop(thread: thread, mailbox: mailbox)
        }
    }

    package var loopCount: Int { loops.count }

    package func ask(_ inquiry: LoopInquiry, loop: Int) { loops[loop].mailbox.post(.inquire(inquiry)) }

    /// - Parameter generations: one a loop.
    package func publish(_ generations: [LoopGeneration]) {
        precondition(generations.count == loops.count, "a generation for each loop")
        for (loop, generation) in zip(loops, generations) { loop.mailbox.post(.install(generation)) }
    }

    package func weigh(_ question: ChangeWeighing) { loops.forEach { $0.mailbox.post(.weigh(question)) } }

    /// To a question of ``RegistryQuestion``. What was published before is in force when the loop hears it.
    package func answer(_ decision: DecisionID, _ answer: RegistryAnswer) {
        loops[decision.loop].mailbox.post(.registryAnswered(decision, answer))
    }

    /// What became of claims on sessions.
    package func tell(_ order: SessionOrder) {
        switch order {
        case .answer(let id, let answer): loops[id.loop].mailbox.post(.sessionAnswered(id, answer))
        case .probe(let id, let since): loops[id.loop].mailbox.post(.probe(id, heardSince: since))
        case .end(let id, let end): loops[id.loop].mailbox.post(.end(id, end))
        }
    }

    package func drain(seconds: Double) { loops.forEach { $0.mailbox.post(.drain(seconds: seconds)) } }

    /// Closes what is left and waits for the threads.
    package func stop() {
        loops.forEach { $0.mailbox.post(.stop) }
        loops.forEach { $0.thread.join() }
        blocking.stop()
    }
}
