import PacingSimulation
import SecretSafeAPI
import SecretSafeClient

for (label, behaviour) in [("preset", Simulation.Behaviour.paced(.cloud)), ("learned", .paced(.learn)), ("ra", .retryAfter), ("backoff", .backOff)] {
  for workers in [1, 4, 16, 64] {
    var simulation = Simulation(behaviour, count: 5000)
    simulation.workers = workers
    print(label, workers, simulation.run(), Simulation.floor(5000, [RateLimit(count: 60, period: 60), RateLimit(count: 5, period: 1)]))
  }
}
