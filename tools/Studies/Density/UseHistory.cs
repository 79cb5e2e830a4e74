namespace Iopf.Density;

/// <summary>When a guest that has run for long last used each piece of its working set, in messages ago.</summary>
internal sealed class UseHistory
{
    private readonly (int Age, int Piece)[] _uses;
    private int _next;

    /// <summary>Looks back from now: the first use that is met is the last one.</summary>
    /// <param name="guest">The guest, which draws.</param>
    /// <param name="pieces">Pieces of its working set.</param>
    /// <param name="perMessage">Pieces that it uses between two messages.</param>
    /// <param name="messages">How far to look back.</param>
    public UseHistory(DensityGuest guest, int pieces, int perMessage, int messages)
    {
        bool[] isSeen = new bool[pieces];
        List<(int Age, int Piece)> uses = new(pieces);
        for (int age = 0; age < messages && uses.Count < pieces; age++)
        {
            for (int touch = 0; touch < perMessage && pieces > 0; touch++)
            {
                int piece = GuestCpu.DrawPiece(guest, pieces);
                if (!isSeen[piece])
                {
                    isSeen[piece] = true;
                    uses.Add((age, piece));
                }
            }
        }

        for (int piece = 0; piece < pieces; piece++)
        {
            if (!isSeen[piece])
            {
                uses.Add((messages, piece));
            }
        }

        _uses = [.. uses];
        _next = _uses.Length - 1;
    }

    /// <summary>How long ago some of the pieces were used at most.</summary>
    /// <param name="youngest">How many pieces: the ones used last.</param>
    /// <returns>Messages ago.</returns>
    public int AgeOf(long youngest) => _uses.Length == 0 ? 0 : _uses[(int)Math.Clamp(youngest, 0, _uses.Length - 1)].Age;

    /// <summary>The pieces that were used so long ago, asked for from the longest time on.</summary>
    /// <param name="age">Messages ago.</param>
    /// <returns>The pieces.</returns>
    public IEnumerable<int> Used(int age)
    {
        for (; _next >= 0 && _uses[_next].Age == age; _next--)
        {
            yield return _uses[_next].Piece;
        }
    }
}
