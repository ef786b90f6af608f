"""What mouse and keys do on the canvas, and the first steps, in words: for the help and the start page."""

GESTURES: dict[str, tuple[tuple[str, str], ...]] = {
    "Adding blocks": (
        ("Double-click or Enter in the palette", "adds a block behind the selected one"),
        (
            "Drag from the palette",
            "puts a block where you drop it: into a link, joined to an open end, or alone",
        ),
        ("Tab on the canvas", "offers what may come next; type to find, Enter adds, Shift+Enter branches off"),
        ("Double-click on empty canvas", "offers a block for that place"),
    ),
    "Links": (
        ("Drag from the right edge of a card", "draws a link; let go on a card, or on empty canvas for a new block"),
        ("Drag the end of a link", "leads it elsewhere; let go on empty canvas, and it is gone"),
        ("Drag a loose card onto a link", "inserts it"),
        ("Ctrl+L", "joins the selected block to another one, found by its name, or parts it from one"),
    ),
    "Choosing": (
        ("Click, Shift+click, drag a frame", "select one, several, all within"),
        ("← → ↑ ↓", "walk along the links"),
        ("Enter, or double-click a card", "goes to its first parameter; Escape comes back"),
        ("Delete", "removes what is selected; the chain closes behind it"),
    ),
    "Looking": (
        ("Wheel", "zooms about the pointer; Shift+wheel moves sideways"),
        ("Middle button, or Space and drag", "moves the view"),
        ("Alt+wheel over a card", "shows another channel"),
        ("/", "searches the palette"),
    ),
    "One number explained": (
        ("E on a value of a map", "takes it apart: what is read, the kernel, the products, the sum"),
        ("← → ↑ ↓", "move the unit; Page Up and Page Down change the map"),
        ("U, O", "go to the block before, and after"),
        ("B", "turns between the value and its gradient"),
        ("D", "goes backward from this value, and keeps that while others are looked at"),
        ("P", "pins the view to its unit"),
        ("Space", "steps on and on, or stops"),
        ("Click a cell of the patch", "follows the term back to where it comes from"),
    ),
    "Connectivity": (
        ("Click a unit", "lights up what it reads, or what reads it; the other views mark it too"),
        ("← → ↑ ↓", "walk from unit to unit; Enter leads along the connections to the other side"),
        ("Page Up and Page Down, or the wheel", "show the next row, or the next map"),
        ("Pull the slider, or ← → on it", "shares the weights more or less: one step of undo"),
    ),
}
"""For each heading: how, and what it does."""

FIRST_STEPS: tuple[tuple[str, str], ...] = (
    (
        "Begin with a picture",
        "A new design has one block: the picture that comes in. Drop any picture on the window, paste one, or draw a "
        "digit with the mouse. What the network sees of it stands beside it.",
    ),
    (
        "Say what comes next",
        "Press Tab. The kinds that fit are offered, the usual ones first, each with the shape it would give. Enter "
        "adds one. A convolution, a detector (ReLU), a pooling: that is one stage.",
    ),
    (
        "Watch every number",
        "Each card shows its live output. Select one: at the right stand its parameters and the formulas of the "
        "lecture notes with its numbers in them. Change a number, and everything behind it is computed again.",
    ),
    (
        "Let it clash",
        "When sizes do not fit, the card says so, and Problems below names both sizes, where the odd one came from and "
        "what would mend it. One click applies a fix; Ctrl+Z takes it back.",
    ),
    (
        "End with classes",
        "Flatten turns maps into a vector, a dense block makes one score for each class, softmax makes them "
        "probabilities. The bars at the top right show them.",
    ),
    (
        "Find anything",
        "Ctrl+K finds every command, block, kind and sample. F1 explains the selected block. Nothing is ever lost: "
        "undo goes back to the very beginning.",
    ),
)
"""Title and text of each step."""
