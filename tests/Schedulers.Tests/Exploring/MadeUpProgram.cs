using Iopf.Kernel;

namespace Iopf.Schedulers.Tests.Exploring;

/// <summary>A small program drawn by lot: threads that take locks, read and write numbers, wake a worker and wait for each other.</summary>
/// <param name="seed">What it is drawn from.</param>
internal sealed class MadeUpProgram(ulong seed)
{
    private const int Locks = 2;
    private const int Numbers = 2;

    /// <summary>Its threads, made anew on a scheduler, and what it came to.</summary>
    public (KeyValuePair<string, Action>[] Threads, Func<string> Outcome) Make(ControlledScheduler scheduler)
    {
        Lots lots = new(seed);
        KernelMutex[] locks = [.. Enumerable.Range(0, Locks).Select(number => new KernelMutex(scheduler, $"lock{number}"))];
        int[] numbers = new int[Numbers];
        List<string> seen = [];
        Action[] worker = Body(ref lots, scheduler, locks, numbers, seen, "w", null, depth: 1);
        KernelThread woken = scheduler.CreateThread("worker", () => Array.ForEach(worker, static act => act()));
        List<KeyValuePair<string, Action>> threads = [];
        foreach (string name in new[] { "a", "b" })
        {
            Action[] body = Body(ref lots, scheduler, locks, numbers, seen, name, woken, depth: 2);
            threads.Add(PlantedProgram.Thread(name, () => Array.ForEach(body, static act => act())));
        }

        return ([.. threads], () => $"{string.Join(',', numbers)} {string.Join(' ', seen.Order(StringComparer.Ordinal))}");
    }

    private static Action[] Body(
        ref Lots lots, ControlledScheduler scheduler, KernelMutex[] locks, int[] numbers, List<string> seen, string name, KernelThread? woken, int depth)
    {
        Action[] acts = new Action[1 + lots.Below(2)];
        for (int i = 0; i < acts.Length; i++)
        {
            int number = lots.Below(Numbers);
            KernelMutex mutex = locks[lots.Below(Locks)];
            string where = $"{name}{depth}{i}";
            acts[i] = lots.Below(6) switch
            {
                0 when woken is not null => () => scheduler.Wake(woken),
                1 or 2 when depth > 0 && Body(ref lots, scheduler, locks, numbers, seen, where, woken, depth - 1) is { } inside => () =>
                {
                    if (!mutex.IsHeld)
                    {
                        using (mutex.Hold())
                        {
                            Array.ForEach(inside, static act => act());
                        }
                    }
                }
                ,
                3 => () =>
                {
                    if (!mutex.IsHeld && mutex.TryLock())
                    {
                        seen.Add($"{where}:got");
                        scheduler.Point($"number{number}");
                        numbers[number] += 10;
                        mutex.Unlock();
                    }
                }
                ,
                4 => () =>
                {
                    scheduler.Point($"number{number}");
                    seen.Add($"{where}:{numbers[number]}");
                }
                ,
                _ => () =>
                {
                    scheduler.Point($"number{number}");
                    numbers[number]++;
                }
                ,
            };
        }

        return acts;
    }
}
