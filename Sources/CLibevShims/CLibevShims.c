#include "CLibevShims.h"
